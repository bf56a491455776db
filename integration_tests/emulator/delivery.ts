import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Reply } from './api.ts';
import type { Row } from './endpoint.ts';
import type { Trouble } from './faults.ts';
import type { LoggedRequest } from './request-log.ts';

/**
 * Sends an answer, or lets a fault have it. `reply` is called only if the request is handled at all.
 * @returns the status that was sent, 0 where none was.
 */
export async function deliver(
  response: ServerResponse,
  request: LoggedRequest,
  reply: () => Reply,
  trouble: Trouble | undefined,
): Promise<number> {
  const good = trouble?.kind === 'respond' ? { headers: {}, ...trouble } : reply();
  switch (trouble?.kind) {
    case 'hang':
      response.writeProcessing();
      return 0;
    case 'held':
      await trouble.until;
      break;
    case 'lose_answer':
      response.socket?.resetAndDestroy();
      return 0;
    case 'reset':
      if (trouble.when === 'after_headers') break;
      response.socket?.resetAndDestroy();
      return 0;
    default:
  }
  const { status, body, headers } = change(good, request, trouble);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (trouble?.kind === 'slow' && trouble.chunks === undefined) await pause(trouble.ms);
  if (trouble?.kind === 'respond' && trouble.ms !== undefined) await pause(trouble.ms);
  response.writeHead(status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'x-zm-trackingid': `WEB_${randomBytes(8).toString('hex')}`,
    ...headers,
  });
  await sendBody(response, text, trouble);
  return status;
}

async function sendBody(response: ServerResponse, text: string, trouble: Trouble | undefined): Promise<void> {
  switch (trouble?.kind) {
    case 'reset':
      response.flushHeaders();
      response.write('', () => response.socket?.destroy());
      return;
    case 'truncate':
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy());
      return;
    case 'malform':
      response.end(text.slice(0, -2).padEnd(text.length, '!'));
      return;
    case 'slow': {
      const size = Math.ceil(text.length / (trouble.chunks ?? 1));
      for (let start = size; start < text.length; start += size) {
        response.write(text.slice(start - size, start));
        await pause(trouble.ms);
      }
      response.end(text.slice(Math.floor((text.length - 1) / size) * size));
      return;
    }
    default:
      response.end(text);
  }
}

function change(reply: Reply, request: LoggedRequest, trouble: Trouble | undefined): Reply {
  if (trouble?.kind === 'headers') return { ...reply, headers: { ...reply.headers, ...trouble.headers } };
  if (trouble?.kind !== 'change' || reply.status !== 200) return reply;
  const body = (typeof reply.body === 'string' ? JSON.parse(reply.body) : structuredClone(reply.body)) as Row;
  return { ...reply, body: trouble.change(body, request) };
}

/** Does not keep the process alive. */
async function pause(ms: number): Promise<void> {
  await setTimeout(ms, undefined, { ref: false });
}
