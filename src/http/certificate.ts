import { ConfigError } from '../errors.ts';

/** What OpenSSL says of a certificate whose signer it does not know. */
const strangerCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
]);

/** @returns undefined for any other error. */
export function unknownSigner(error: unknown, host: string): ConfigError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !strangerCodes.has(code)) return undefined;
  return new ConfigError(
    `The certificate of ${host} is signed by an authority that this machine does not know (${message}, ${code}). If a proxy or firewall of yours opens TLS, name the file with its CA certificate (PEM) in NODE_EXTRA_CA_CERTS; otherwise check the address.`,
  );
}
