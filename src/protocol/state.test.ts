import { expect, test } from '@jest/globals';
import { parseInputState } from './state.ts';

const entry = (name: string) => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name }, stream_state: { version: 1 } },
});

test('of a list of all messages of an earlier read the states count, the last of each stream', () => {
  const changed = {
    ...entry('users'),
    stream: { ...entry('users').stream, stream_state: { version: 1, a: 1 } },
  };
  const messages = [
    { type: 'LOG', log: { level: 'INFO', message: 'Syncing' } },
    { type: 'STATE', state: entry('users') },
    { type: 'RECORD', record: { stream: 'users', data: { id: 1 } } },
    { type: 'TRACE', trace: { type: 'STREAM_STATUS' } },
    { type: 'CONTROL', control: {} },
    { type: 'STATE', state: changed },
  ];
  const { byStream, warnings } = parseInputState(messages, 's.json');
  expect([[...byStream], warnings]).toEqual([[['users', { version: 1, a: 1 }]], []]);
});

test('what is neither the state of a stream nor another message is told once', () => {
  const { byStream, warnings } = parseInputState([{ type: 'GLOBAL' }, { a: 1 }, entry('users')], 's.json');
  expect([[...byStream.keys()], warnings]).toEqual([
    ['users'],
    [expect.stringMatching(/^An entry of s\.json/)],
  ]);
});
