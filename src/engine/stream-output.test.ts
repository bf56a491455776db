import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createManualClock } from '../manual-clock.ts';
import { createWriter } from '../protocol/writer.ts';
import { createStreamOutput } from './stream-output.ts';

function createOutput() {
  const stdout = new PassThrough();
  const clock = createManualClock();
  const output = createStreamOutput(
    'users',
    createWriter(stdout, (text) => text),
    clock,
  );
  /** Types of the messages so far, STATEs with what they hold. */
  const said = () =>
    String(stdout.read() ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map(({ type, state }) =>
        type === 'STATE' ? `STATE ${JSON.stringify(state.stream.stream_state)}` : type,
      );
  return { output, clock, said };
}

test('the same state is not said twice in a row, unless there are new records or a long silence', async () => {
  const { output, clock, said } = createOutput();
  await output.state({ a: 1 });
  await output.state({ a: 1 });
  expect(said()).toEqual(['STATE {"a":1}']);
  await output.records([{ record: { id: 1 }, nulled: [] }]);
  await output.state({ a: 1 });
  expect(said()).toEqual(['TRACE', 'RECORD', 'STATE {"a":1}']);
  await output.keepAlive(1000, () => ({ a: 1 }));
  expect(said()).toEqual([]);
  clock.advance(1000);
  await output.keepAlive(1000, () => ({ a: 1 }));
  expect(said()).toEqual(['STATE {"a":1}']);
  await output.complete({ a: 1 });
  expect(said()).toEqual(['TRACE']);
});
