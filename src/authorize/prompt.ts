import { createInterface, type Interface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

/** What the person at the keyboard types, and what is shown there. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  /** It has columns where it is a terminal. */
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Ctrl-C, which is no signal while characters are read one by one. */
  interrupt(): void;
}

export interface Prompt {
  /**
   * Waits for a line, with white space cut off at its ends.
   * @param isHidden what is typed is not shown.
   * @returns undefined when there is no more input.
   * @throws the signal's reason when the run is stopped meanwhile.
   */
  ask(question: string, isHidden?: boolean): Promise<string | undefined>;
  /** Whoever waits for a line gets none. */
  close(): void;
}

interface Waiting {
  give(line: string | undefined): void;
  fail(reason: unknown): void;
}

/** Reads lines; the input is not touched before the first is asked for. */
export function createPrompt({ input, output, interrupt }: Terminal, signal: AbortSignal): Prompt {
  let lines: Interface | undefined;
  let isMuted = false;
  let isEnded = false;
  const early: string[] = [];
  const waiting: Waiting[] = [];
  const end = () => {
    isEnded = true;
    for (const { give } of waiting.splice(0)) give(undefined);
  };
  signal.addEventListener('abort', () => {
    for (const { fail } of waiting.splice(0)) fail(signal.reason);
  });
  const echo = new Writable({
    write(chunk, _encoding, done) {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const open = () => {
    // Only a terminal that is read character by character can hide them.
    lines = createInterface({ input, output: echo, terminal: input.isTTY === true, historySize: 0 });
    lines.on('line', (line) => {
      const next = waiting.shift();
      if (next === undefined) early.push(line);
      else next.give(line);
    });
    lines.on('SIGINT', interrupt);
    lines.on('close', end);
  };
  return {
    async ask(question, isHidden = false) {
      if (lines === undefined) open();
      // With it readline draws the line anew, as after a backspace.
      lines?.setPrompt(question);
      if (isEnded) output.write(question);
      else lines?.prompt();
      isMuted = isHidden && input.isTTY === true;
      try {
        const line = early.shift();
        if (line !== undefined) return line.trim();
        if (isEnded) return undefined;
        signal.throwIfAborted();
        const next = await new Promise<string | undefined>((give, fail) => waiting.push({ give, fail }));
        return next?.trim();
      } finally {
        // The end of the line was not shown either.
        if (isMuted) output.write('\n');
        isMuted = false;
      }
    },
    close() {
      lines?.close();
      end();
    },
  };
}
