import { parseArgs } from 'node:util';
import { Account } from './account.ts';
import type { Plan } from './rate-limits.ts';
import type { LoggedRequest } from './request-log.ts';
import { startEmulator } from './server.ts';

/* A Zoom for a person: `npm run emulator -- --port 8080 --plan pro --users 50`. */

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    plan: { type: 'string', default: 'unlimited' },
    users: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
  },
});

const account = new Account({ seed: Number(values.seed), activeUsers: Number(values.users) });
const emulator = await startEmulator({
  port: Number(values.port),
  plan: values.plan as Plan,
  account,
  onRequest: (request) => print(line(request)),
});

print(`Zoom, emulated, listens on ${emulator.url} (limits: ${values.plan})`);
print(
  `The account: ${account.rows('users').length} users, ${account.rows('pending_users').length} pending, ${account.rows('meetings').length} meetings, ${account.rows('report_history_meetings').length} past meetings, ${account.rows('recordings').length} recordings, ${account.rows('phone_call_logs').length} calls`,
);
print('A config to read it with (save as config.json):');
print(JSON.stringify(emulator.config(), null, 2));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    emulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

function line({ method, path, query, status, startedAt, endedAt }: LoggedRequest): string {
  const { next_page_token: token, ...shown } = query;
  const text = new URLSearchParams({
    ...shown,
    ...(token === undefined ? {} : { next_page_token: '…' }),
  }).toString();
  const clock = new Date(startedAt).toISOString().slice(11, 19);
  return `${clock}  ${status}  ${String(endedAt - startedAt).padStart(4)} ms  ${method} ${path}${text === '' ? '' : `?${decodeURIComponent(text)}`}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
