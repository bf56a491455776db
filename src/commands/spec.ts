import type { Writer } from '../protocol/writer.ts';
import { readSpec } from '../resources.ts';

export async function spec(writer: Writer): Promise<void> {
  await writer.write({ type: 'SPEC', spec: readSpec() });
}
