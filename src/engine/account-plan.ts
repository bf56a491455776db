import { isAboutPlan } from '../http/classify.ts';
import type { Refusal } from '../http/exchange.ts';
import type { Endpoint } from '../streams/declaration.ts';
import type { Outcome } from './outcome.ts';

/** So many paths are refused in the same words before that goes for others; as many are asked before one has answered. */
const pathsUntilKnown = 3;

/**
 * What the account has not bought, by Zoom's words for it. Paths of a product (the first part of the path) that need the same
 * share one verdict: who has no Zoom Phone is asked for three of its lists, and not for forty. Only lists of the whole account
 * count, since what is said of one user or meeting may be that one's own; words of roles and scopes are each path's own.
 */
export interface AccountPlan {
  /** Asks unless Zoom has said in this sync that the account lacks what the endpoint needs, or is just about to say so. */
  ask(endpoint: Endpoint, ask: () => Promise<Outcome>): Promise<Outcome>;
  /** Zoom has begun to answer: the account has what the endpoint needs, and nobody waits for its end. */
  answered(endpoint: Endpoint): void;
}

type Needs = readonly string[];

interface Refusing {
  readonly path: string;
  readonly needs: Needs;
  readonly refusal: Refusal;
}

/** What is known of one of Zoom's products. */
interface Product {
  /** Paths that were refused, by Zoom's words. */
  readonly refused: Map<string, Refusing[]>;
  /** What those needed that were answered, each as it was declared. */
  readonly had: Set<Needs>;
  /** Paths that are asked for the first time, each with what ends the wait for it. */
  readonly asking: Map<string, { readonly ended: Promise<void>; end(): void }>;
  /** Paths of which something was heard. */
  readonly heard: Set<string>;
}

export function createAccountPlan(): AccountPlan {
  const products = new Map<string, Product>();
  const open = (path: string): Product => {
    const name = path.split('/')[1] ?? '';
    const product = products.get(name) ?? {
      refused: new Map(),
      had: new Set<Needs>(),
      asking: new Map(),
      heard: new Set<string>(),
    };
    products.set(name, product);
    return product;
  };
  return {
    async ask(endpoint, ask) {
      const { path, needs } = endpoint;
      if (needs === undefined) return ask();
      const product = open(path);
      while (isToWait(product, path, needs))
        await Promise.race([...product.asking.values()].map(({ ended }) => ended));
      const known = product.heard.has(path) ? undefined : verdictOn(product, needs);
      if (known !== undefined) return { action: 'unavailable', refusal: known };
      const end = begin(product, path);
      try {
        const outcome = await ask();
        product.heard.add(path);
        if (tellsOfAnswers.has(outcome.action)) product.had.add(needs);
        else if (outcome.action === 'unavailable' && endpoint.parent === undefined)
          note(product, { path, needs, refusal: outcome.refusal });
        return outcome;
      } finally {
        end();
      }
    },
    answered({ path, needs }) {
      if (needs === undefined) return;
      const product = open(path);
      product.heard.add(path);
      product.had.add(needs);
      product.asking.get(path)?.end();
    },
  };
}

/** Zoom has looked at what was asked for. */
const tellsOfAnswers: ReadonlySet<Outcome['action']> = new Set(['read', 'skip', 'not_ready']);

function isHad({ had }: Product, needs: Needs): boolean {
  return [...had].some((one) => includes(one, needs));
}

/** Each path waits once at most: for what those say that were asked first. */
function isToWait(product: Product, path: string, needs: Needs): boolean {
  const { asking, heard } = product;
  if (heard.has(path) || asking.has(path) || isHad(product, needs)) return false;
  return asking.size >= pathsUntilKnown;
}

/** @returns what ends the wait for the path; nothing where others are waited for. */
function begin({ asking, heard }: Product, path: string): () => void {
  if (heard.has(path) || asking.has(path)) return () => undefined;
  let resolve: () => void = () => undefined;
  const ended = new Promise<void>((done) => {
    resolve = done;
  });
  const end = () => {
    asking.delete(path);
    resolve();
  };
  asking.set(path, { ended, end });
  return end;
}

function note({ refused }: Product, refusing: Refusing): void {
  const { refusal, path } = refusing;
  if (!isAboutPlan(refusal)) return;
  const words = `${refusal.code} ${refusal.message}`;
  const said = refused.get(words) ?? [];
  if (!said.some((one) => one.path === path)) said.push(refusing);
  refused.set(words, said);
}

/**
 * Paths that are refused in the same words lack the same, which is something that they all need; it is known where one of
 * them needs nothing else.
 * @returns what was said of enough paths, where the account has had no answer from a path that needs it, too.
 */
function verdictOn(product: Product, needs: Needs): Refusal | undefined {
  for (const said of product.refused.values()) {
    const telling = said.filter((one) => one.needs.some((need) => needs.includes(need)));
    const lacked = telling.find((one) => telling.every((other) => includes(other.needs, one.needs)));
    if (lacked === undefined || telling.length < pathsUntilKnown) continue;
    if (!includes(needs, lacked.needs) || isHad(product, lacked.needs)) continue;
    return { ...lacked.refusal, saidOf: telling.slice(0, pathsUntilKnown).map(({ path }) => path) };
  }
  return undefined;
}

function includes(all: Needs, some: Needs): boolean {
  return some.every((one) => all.includes(one));
}
