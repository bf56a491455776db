import { expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import { createManualClock } from '../manual-clock.ts';
import { createRedactor } from './redact.ts';
import { parseStatusList } from './retry-policy.ts';
import { requestToken, type TokenEndpointParts } from './token-endpoint.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly proxy?: string;
}

const token: Answer = { status: 200, body: '{"access_token":"good","expires_in":3600}' };

/** A token endpoint that gives these answers one after the other, the last one for ever. */
function endpointOf(...answers: Answer[]) {
  let asked = 0;
  const parts: TokenEndpointParts = {
    credentials: {
      authType: 'server_to_server',
      clientId: 'id',
      clientSecret: 'secret',
      accountId: 'account',
      tokenUrl: 'https://zoom.us/oauth/token',
    },
    transport: {
      async send() {
        const { status, body, proxy } = answers[Math.min(asked, answers.length - 1)] ?? token;
        asked += 1;
        const chunks = (async function* () {
          yield Buffer.from(body);
        })();
        return { status, headers: {}, chunks, proxy };
      },
    },
    retry: {
      mode: 'RetryWhenStatusCodeMatch',
      statusCodes: parseStatusList('408|425|429|500-599'),
      countMax: 2,
      multiplyWaitTime: false,
      waitTimeMs: 1,
    },
    clock: createManualClock(),
    redactor: createRedactor(),
  };
  return { parts, asked: () => asked };
}

test.each([408, 425, 429, 500, 503])('HTTP %s is tried again', async (status) => {
  for (const body of ['{"error":"invalid_request"}', '<html>Busy</html>', '{"message":"']) {
    const { parts, asked } = endpointOf({ status, body }, token);
    expect(await requestToken(parts, undefined)).toMatchObject({ accessToken: 'good' });
    expect(asked()).toBe(2);
  }
});

test('a refusal is asked for once', async () => {
  const { parts, asked } = endpointOf({ status: 400, body: '{"error":" Invalid_Client "}' });
  await expect(requestToken(parts, undefined)).rejects.toThrow(/Copy both/);
  expect(asked()).toBe(1);
});

test('a page of trouble that came through a proxy names it', async () => {
  const page = { status: 503, body: '<title>Out of order</title>', proxy: 'http://10.0.0.1:3128' };
  const { parts, asked } = endpointOf(page);
  const asking = requestToken(parts, undefined);
  await expect(asking).rejects.not.toBeInstanceOf(ConfigError);
  await expect(asking).rejects.toThrow(/503 "Out of order" of the proxy http:\/\/10\.0\.0\.1:3128/);
  expect(asked()).toBe(3);
});

test('a token that is cut off is not shown', async () => {
  const { parts } = endpointOf({ status: 200, body: '{"message":"x","access_token":"canary-to' });
  const asking = requestToken(parts, undefined);
  await expect(asking).rejects.toThrow(/does not answer/);
  await expect(asking).rejects.not.toThrow(/canary/);
});
