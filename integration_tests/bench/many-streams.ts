import { createSystemClock } from '../../src/clock.ts';
import { createSession } from '../../src/commands/session.ts';
import { parseConfig } from '../../src/config/config.ts';
import { SyncRun } from '../../src/engine/sync-run.ts';
import { createRedactor } from '../../src/http/redact.ts';
import { noState } from '../../src/protocol/state.ts';
import { createWriter } from '../../src/protocol/writer.ts';
import { readSchema } from '../../src/resources.ts';
import { streams } from '../../src/streams/index.ts';

/*
 * The connector with as many snapshot streams as it is told, all of them `users` under other names: argv holds the config and
 * how many.
 */

const [rawConfig = '', count = ''] = process.argv.slice(2);
const redactor = createRedactor();
const writer = createWriter(process.stdout, redactor.redact);
const { sync, signIn } = createSession({
  config: parseConfig(JSON.parse(rawConfig)),
  rawConfig: {},
  writer,
  redactor,
  clock: createSystemClock(),
  isDebug: false,
  variables: {},
  onWait: () => undefined,
});
await signIn();
const users = streams.find(({ name }) => name === 'users');
if (users === undefined) throw new Error('there is no stream users');
const copies = Array.from({ length: Number(count) }, (_, number) => ({ ...users, name: `users_${number}` }));
const schema = readSchema('users');
const many = {
  ...sync,
  streams: new Map(copies.map((copy) => [copy.name, copy])),
  schemaOf: () => schema,
};
const configured = copies.map(({ name }) => ({ name, syncMode: 'incremental' as const }));
if (!(await new SyncRun(many, writer).run(configured, noState()))) process.exitCode = 1;
