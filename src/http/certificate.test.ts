import { expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import { unknownSigner } from './certificate.ts';

const failure = (code: string) => Object.assign(new Error('certificate failure'), { code });

test.each([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
])('%s names the host and NODE_EXTRA_CA_CERTS', (code) => {
  const error = unknownSigner(failure(code), 'zoom.us');
  expect(error).toBeInstanceOf(ConfigError);
  expect(error?.message).toMatch(new RegExp(`zoom\\.us.*${code}.*NODE_EXTRA_CA_CERTS`));
});

test.each(['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ECONNRESET'])(
  '%s is another matter',
  (code) => {
    expect(unknownSigner(failure(code), 'zoom.us')).toBeUndefined();
  },
);
