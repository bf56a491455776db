import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/**
 * An output that is a file. Node's own takes a write for whole of which a full disk or a limit took a part, so that what
 * comes last would be missing without an error.
 */
export function createFileOutput(descriptor: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        for (let at = 0; at < chunk.length; ) at += writeSync(descriptor, chunk, at);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
