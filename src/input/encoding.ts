/** How a text file is written, by its first bytes. */
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * The encoding of a JSON text: by its byte order mark, or by where the zero is in its first character, which is always
 * ASCII. Windows PowerShell writes UTF-16.
 */
function encodingOf(bytes: Buffer): Encoding {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}

/** A text in UTF-8 or UTF-16, without its byte order mark. */
export function decodeText(bytes: Buffer): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

const utf8Mark = Buffer.from('\uFEFF');

/** The same text in UTF-8, without a byte order mark. */
export async function* inUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) {
      isFirst = false;
      const encoding = encodingOf(chunk);
      if (encoding !== 'utf-8') decoder = new TextDecoder(encoding);
      else if (chunk.subarray(0, utf8Mark.length).equals(utf8Mark)) {
        yield chunk.subarray(utf8Mark.length);
        continue;
      }
    }
    yield decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
  }
}
