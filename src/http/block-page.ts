import { emptyAnswer, type ParsedBody } from './body.ts';
import { isPassingStatus } from './retry-policy.ts';

/** How those refuse who stand between; a page with another status may come from Zoom's own servers, unless a proxy is known. */
const blockingStatuses = new Set([401, 403, 407, 451]);

/** Whether something between has answered in place of Zoom's API, which refuses in JSON, and never with a 407. */
export function isBlockPage(status: number, body: ParsedBody, proxy: string | undefined): boolean {
  if (status === 407) return true;
  if (status < 300 || isPassingStatus(status) || body.kind !== 'text' || body.text === emptyAnswer)
    return false;
  return proxy !== undefined || status < 400 || blockingStatuses.has(status);
}

interface Way {
  readonly proxy: string | undefined;
  readonly blockedHost: string | undefined;
}

/** What the words of an error are where the body is none of Zoom's. */
export function textOf(body: ParsedBody, { proxy, blockedHost }: Way): string {
  if (body.kind === 'json') return 'no reason given';
  if (body.kind === 'broken') return 'the answer is garbled or ends too early';
  if (proxy === undefined && blockedHost === undefined) return body.text;
  const blocking =
    proxy === undefined
      ? 'a proxy or firewall may block'
      : `the proxy ${proxy}, or what stands behind it, blocks`;
  const target = blockedHost === undefined ? '' : ` to ${blockedHost}`;
  return `${body.text} (no answer of Zoom's: ${blocking} the way${target})`;
}
