import { createHash } from 'node:crypto';

/** Numbers and ids that are the same for the same seed. */
export interface Random {
  /** From 0 up to 1. */
  next(): number;
  integer(from: number, to: number): number;
  bytes(length: number): Buffer;
}

/** A generator of its own for whatever has a name: its numbers do not depend on what was made before. */
export function createNamedRandom(seed: number, name: string): Random {
  return createRandom(createHash('sha256').update(`${seed} ${name}`).digest().readUInt32BE(0));
}

/** mulberry32, a public-domain generator of 32 bits. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    bytes: (length) => Buffer.from(Array.from({ length }, () => Math.floor(next() * 256))),
  };
}
