import type { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';

/** Draws lines in place of those that it has drawn before. */
export interface Painter {
  draw(lines: readonly string[]): void;
  /** Takes away what is drawn; the cursor is where it was before. */
  erase(): void;
}

/** Only what has changed is written, and the cursor, which is hidden meanwhile, comes back however the process ends. */
export function createPainter(output: Writable): Painter {
  const update = createLogUpdate(output as NodeJS.WriteStream);
  let drawn = 0;
  const erase = () => {
    if (drawn === 0) return;
    drawn = 0;
    update.clear();
    update.done();
  };
  return {
    draw(lines) {
      // Where lines go or come, those below them would stay where they are.
      if (lines.length !== drawn) erase();
      drawn = lines.length;
      update(lines.join('\n'));
    },
    erase,
  };
}
