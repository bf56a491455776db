import type { Random } from './random.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
/** From here on a number is an id of Zoom's, below it a count. */
const smallestId = 1_000_000;

/** Another value that looks like the given one: a number for a number, an id for an id, an address for an address. */
export function vary(value: unknown, random: Random, index: number): unknown {
  if (Array.isArray(value)) return value.map((item) => vary(item, random, index));
  if (typeof value === 'number')
    return value < smallestId ? value + index : value + random.integer(1, 2 ** 30);
  return typeof value === 'string' ? varyText(value, random, index) : value;
}

/** 16 bytes in base64. Three of eight begin with a slash, hold two in a row, or a plus and one: Zoom's do now and then. */
export function makeUuid(random: Random): string {
  const uuid = random.bytes(16).toString('base64');
  switch (random.integer(0, 7)) {
    case 0:
      return `/${uuid.slice(1)}`;
    case 1:
      return `${uuid.slice(0, 5)}//${uuid.slice(7)}`;
    case 2:
      return `${uuid.slice(0, 5)}+/${uuid.slice(7)}`;
    default:
      return uuid;
  }
}

function varyText(text: string, random: Random, index: number): string {
  if (/^\d{1,2}$/.test(text)) return String(Number(text) + index);
  if (/^[\w+/]{22}==$/.test(text)) return makeUuid(random);
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return text.replace('@', `.${random.integer(1000, 9_999_999)}@`);
  const [, host = '', rest = text] = /^(https?:\/\/[^/]+)(.*)$/.exec(text) ?? [];
  if (host !== '') return `${host}/${random.integer(1000, 999_999_999)}${rest}`;
  const isId = !/\s/.test(text) && (/\d/.test(text) || text.length >= 16);
  return isId ? varyId(text, random) : `${text} ${random.integer(1000, 9_999_999)}`;
}

/** Letters and digits give way to others of their kind; what is between them stays, and so does `canary`. */
function varyId(text: string, random: Random): string {
  const [, start = '', rest = text] = /^(canary-)?(.*)$/.exec(text) ?? [];
  const isHex = /^[\da-f-]+$/i.test(rest);
  const pick = (from: string) => from[random.integer(0, from.length - 1)] ?? '';
  const varied = [...rest].map((character, index) => {
    if (/\d/.test(character)) return index === 0 ? pick(digits.slice(1)) : pick(digits);
    const other = pick(isHex ? letters.slice(0, 6) : letters);
    if (/[a-z]/.test(character)) return other;
    return /[A-Z]/.test(character) ? other.toUpperCase() : character;
  });
  return start + varied.join('');
}
