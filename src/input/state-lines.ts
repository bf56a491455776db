import { ConfigError } from '../errors.ts';
import { isJsonObject } from '../json.ts';

/** How lines are parsed; each throws an Error for what is no JSON. */
interface LineParsers {
  /** A longer line is parsed while it is read. */
  readonly wholeBytes: number;
  parse(line: Buffer): unknown;
  parseLong(line: AsyncIterable<Buffer>): Promise<unknown>;
}

/** A message that holds the state of a stream, or such a state by itself. */
const stateTypes: readonly unknown[] = ['STATE', 'STREAM'];
const stateWords = stateTypes.map((type) => `"${type}"`);
const recordWord = '"RECORD"';
const lineEnd = 0x0a;
const openingBrace = 0x7b;
const nothing = Buffer.alloc(0);

/**
 * The states in the output of a read, one JSON object a line, in their order. Other lines are passed over, and so is one that
 * was not written to its end: what it would have said is read again.
 * @returns undefined when no line is a message, or when they are entries of a list that is broken.
 * @throws whatever `chunks` throws; ConfigError for a state that nobody could write again.
 */
export async function statesInLines(
  chunks: AsyncIterable<Buffer>,
  parsers: LineParsers,
): Promise<unknown[] | undefined> {
  const source = new LineSource(chunks);
  const states: unknown[] = [];
  let isOutput = false;
  for (;;) {
    const line = await source.next(parsers.wholeBytes);
    if (line === undefined) return isOutput ? states : undefined;
    if (!isOutput && opensList(line)) return undefined;
    const message = await parseLine(source, line, parsers, isOutput);
    await source.skip();
    if (!isJsonObject(message) || typeof message['type'] !== 'string') continue;
    isOutput = true;
    if (stateTypes.includes(message['type'])) states.push(message);
  }
}

/** The last of its entries alone would stand in a line of its own, and the others would be lost. */
function opensList({ head }: Line): boolean {
  return /^\s*\[\s*(?:\{|$)/.test(head.subarray(0, 100).toString('utf8'));
}

/** What a line holds; undefined where it is no JSON, or where nobody has to know. */
async function parseLine(
  source: LineSource,
  { head, isWhole }: Line,
  { parse, parseLong }: LineParsers,
  isOutput: boolean,
): Promise<unknown> {
  // Nearly all lines are records, which need not be parsed. Where fields were sorted, the type of a long line is at its end.
  const mayBeState = stateWords.some((word) => head.includes(word));
  const isUnknown = isWhole ? !isOutput : !head.includes(recordWord);
  const isWanted = mayBeState || (isUnknown && head[0] === openingBrace);
  if (!isWanted) return undefined;
  try {
    return isWhole ? parse(head) : await parseLong(source.line(head));
  } catch (error) {
    if (error instanceof ConfigError || (error instanceof Error && 'syscall' in error)) throw error;
    return undefined;
  }
}

/** A line, or the beginning of a long one. */
interface Line {
  readonly head: Buffer;
  readonly isWhole: boolean;
}

/** Cuts chunks into lines. */
class LineSource {
  readonly #chunks: AsyncIterator<Buffer>;
  /** What came and belongs to no line yet. */
  #pending: Buffer = nothing;
  /** The rest of a line is still to be taken. */
  #isInLine = false;
  #taken: Promise<unknown> = Promise.resolve();

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next line, or the beginning of one that is longer than so many bytes. */
  async next(wholeBytes: number): Promise<Line | undefined> {
    let pending = this.#pending;
    let end = pending.indexOf(lineEnd);
    while (end < 0 && pending.length <= wholeBytes) {
      const more = await this.#read();
      if (more === undefined) {
        this.#pending = nothing;
        return pending.length === 0 ? undefined : { head: pending, isWhole: true };
      }
      pending = Buffer.concat([pending, more]);
      end = pending.indexOf(lineEnd);
    }
    this.#isInLine = end < 0;
    this.#pending = this.#isInLine ? nothing : pending.subarray(end + 1);
    return { head: this.#isInLine ? pending : pending.subarray(0, end), isWhole: !this.#isInLine };
  }

  /** A long line from its beginning on. */
  async *line(head: Buffer): AsyncGenerator<Buffer> {
    yield head;
    for (let piece = await this.#take(); piece !== undefined; piece = await this.#take()) yield piece;
  }

  /** Passes over what is left of a long line. */
  async skip(): Promise<void> {
    while ((await this.#take()) !== undefined);
  }

  /** One after the other, also when a parser that gave up has asked for more than it waits for. */
  #take(): Promise<Buffer | undefined> {
    const taken = this.#taken.then(() => this.#takeNext());
    this.#taken = taken.catch(() => undefined);
    return taken;
  }

  async #takeNext(): Promise<Buffer | undefined> {
    if (!this.#isInLine) return undefined;
    const chunk = await this.#read();
    const end = chunk?.indexOf(lineEnd) ?? 0;
    if (chunk !== undefined && end < 0) return chunk;
    this.#isInLine = false;
    this.#pending = chunk?.subarray(end + 1) ?? nothing;
    return chunk?.subarray(0, end);
  }

  async #read(): Promise<Buffer | undefined> {
    const { value, done } = await this.#chunks.next();
    return done === true ? undefined : value;
  }
}
