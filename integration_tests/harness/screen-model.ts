/** What a person sees of what a terminal is sent: text, colours left out, and the moves of the cursor that programs use. */
export class ScreenModel {
  readonly #columns: number;
  readonly #rows: number;
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #rest = '';
  isCursorHidden = false;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** @throws Error for what it does not know. */
  write(text: string): void {
    this.#rest += text;
    // The first of the control characters is ESC, or the screen does not understand it.
    const known = /^(?:(?<character>[^\p{Cc}]|[\r\n])|\p{Cc}\[(?<parameters>[?\d;]*)(?<command>[A-Za-z]))/u;
    for (;;) {
      const { 0: whole, groups } = known.exec(this.#rest) ?? {};
      if (whole === undefined) break;
      this.#rest = this.#rest.slice(whole.length);
      const { parameters = '', command, character } = groups ?? {};
      if (command !== undefined) this.#obey(command, parameters);
      else this.#put(character ?? '');
    }
    if (this.#rest.length > 20) throw new Error(`not understood: ${JSON.stringify(this.#rest.slice(0, 20))}`);
  }

  /** All lines, also those that have left the screen at the top. */
  get text(): string {
    const lines = this.#lines.map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    );
    return lines.join('\n').trimEnd();
  }

  get lines(): readonly string[] {
    return this.text.split('\n');
  }

  #obey(command: string, parameters: string): void {
    const count = Number(parameters || 1);
    const top = Math.max(0, this.#lines.length - this.#rows);
    const line = this.#lines[this.#row] ?? [];
    switch (command) {
      case 'A':
        this.#row = Math.max(top, this.#row - count);
        return;
      case 'B':
        this.#row = Math.min(top + this.#rows - 1, this.#row + count);
        return;
      case 'G':
        this.#column = count - 1;
        return;
      case 'K':
        line.length = parameters === '2' ? 0 : Math.min(line.length, this.#column);
        return;
      case 'h':
      case 'l':
        if (parameters === '?25') this.isCursorHidden = command === 'l';
        return;
      case 'm':
        return;
      default:
        throw new Error(`not understood: ESC[${parameters}${command}`);
    }
  }

  #put(character: string): void {
    if (character === '\r') {
      this.#column = 0;
      return;
    }
    if (character === '\n') {
      this.#row += 1;
    } else {
      if (this.#column >= this.#columns) {
        this.#row += 1;
        this.#column = 0;
      }
      this.#line()[this.#column] = character;
      this.#column += 1;
    }
    this.#line();
  }

  #line(): string[] {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return this.#lines[this.#row] ?? [];
  }
}
