import type { Writable } from 'node:stream';
import type { Painter } from './painter.ts';
import { createPaint, type Paint, paragraph } from './text.ts';

/** Where a process speaks to a person, as far as there is one. */
export interface ScreenOutput extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The terminal in front of a person. */
export interface Screen {
  /** How wide lines may be, in characters. */
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
  /** Messages of the protocol go to the same terminal: words come after them. */
  readonly isShared: boolean;
  /** It may be drawn on while a command runs. */
  readonly isLive: boolean;
  /** Writes lines that stay, in place of what is drawn. */
  say(lines: readonly string[]): void;
  /** Has to come before the first drawing. */
  prepareDrawing(): Promise<void>;
  /** Shows lines in place of those that were drawn before. */
  draw(lines: readonly string[]): void;
  /** Takes away what is drawn. */
  erase(): void;
}

export interface ScreenOptions {
  readonly output: ScreenOutput;
  /** stdout is a terminal, too. */
  readonly isShared: boolean;
  /** The environment, which says what the terminal can do and what the person wants. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Is applied to all that is said. */
  redact(text: string): string;
}

const defaultWidth = 80;
const defaultHeight = 24;
/** Longer lines are hard to read. */
const longestLine = 100;

/** @returns undefined where nobody looks: the output is no terminal. */
export function createScreen({ output, isShared, variables, redact }: ScreenOptions): Screen | undefined {
  if (output.isTTY !== true) return undefined;
  // A terminal that is gone takes no words, and the command goes on without it.
  output.on('error', () => undefined);
  const isSet = (name: string) => (variables[name] ?? '') !== '';
  const isDumb = variables['TERM'] === 'dumb';
  const isAutomatic = isSet('CI') && variables['CI'] !== 'false';
  let painter: Painter | undefined;
  return {
    get width() {
      return Math.min(output.columns || defaultWidth, longestLine);
    },
    get height() {
      return output.rows || defaultHeight;
    },
    paint: createPaint(!isSet('NO_COLOR') && !isDumb),
    isShared,
    isLive: !isShared && !isDumb && !isAutomatic,
    say(lines) {
      painter?.erase();
      output.write(redact(`${lines.join('\n')}\n`));
    },
    async prepareDrawing() {
      // Loaded when it is needed, as commands are.
      painter ??= (await import('./painter.ts')).createPainter(output);
    },
    draw: (lines) => painter?.draw(lines.map(redact)),
    erase: () => painter?.erase(),
  };
}

/** Says words that come after all that was written before. */
export async function sayAfter(
  writer: { flushed(): Promise<void> },
  screen: Pick<Screen, 'isShared' | 'say'>,
  lines: readonly string[],
): Promise<void> {
  if (screen.isShared) await writer.flushed();
  screen.say(lines);
}

/** Why a command failed, in words. */
export function describeFailure(message: string, { width, paint }: Pick<Screen, 'width' | 'paint'>) {
  const [first = '', ...rest] = paragraph(`Error: ${message}`, width);
  return [first.replace('Error:', paint('red', 'Error:')), ...rest];
}
