import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import type { SnapshotStream } from '../streams/declaration.ts';
import { snapshotKeys } from './snapshot-progress.ts';

const declaration: SnapshotStream = {
  kind: 'snapshot',
  name: 'members',
  path: '/channels/{channel_id}/members',
  records: 'members',
  scopes: { granular: [], classic: [] },
  primaryKey: ['channel_id', 'position'],
};
const schema = { properties: { channel_id: { type: 'string' }, position: { type: 'integer' } } };
const keys = snapshotKeys(declaration, schema);

test('a key of several fields is read as it was made', () => {
  const { key } = keys.of({ channel_id: 'c', position: 7, name: 'x' });
  expect(keys.fieldsOf({ key, group: '' })).toEqual({ channel_id: 'c', position: 7 });
});

describe('what a state gives and is no key of the stream is a mistake in the state', () => {
  test.each(['u', '', '["c"]', '["c",7,8]', '["c",null]', '["c",{}]', '{"0":"c","1":7}', '"c7"'])(
    '%s',
    (key) => {
      expect(() => keys.fieldsOf({ key, group: '' })).toThrow(ConfigError);
      expect(() => keys.fieldsOf({ key, group: '' })).toThrow(/^The state of members .*reset the stream/);
    },
  );
});
