import { createHash } from 'node:crypto';
import { type Collection, toCollection } from './collection.ts';
import type { Row } from './endpoint.ts';
import { exampleRow } from './example-row.ts';
import { dayMs, toInstant } from './instant.ts';
import type { Entry, Store } from './store.ts';
import type { Users } from './users.ts';

/* Who writes to whom: one conversation is in the lists of all who take part, so that its messages are below several rows. */

/** A conversation, and how each of its users lists it. */
interface Conversation {
  readonly name: string;
  readonly listed: ReadonlyMap<Row, Row>;
}

/** What users list. */
interface Known {
  readonly users: readonly Row[];
  readonly sessions: readonly Entry[];
  readonly byUser: ReadonlyMap<string, readonly Entry[]>;
  /** By the name of the conversation, in the order of these. */
  readonly byName: ReadonlyMap<string, readonly Entry[]>;
  readonly nameOf: ReadonlyMap<string, string>;
}

export interface History {
  /** Ms since the epoch. */
  readonly now: number;
  readonly days: number;
  /** How many rows a collection has below each of its parents, where that is said. */
  readonly rows: Readonly<Record<string, number>>;
}

const usualMessages = 4;
const statuses = ['Normal', 'Edited', 'Deleted'];

export class Conversations {
  readonly #users: Users;
  readonly #history: History;
  readonly #messages = new Map<string, Row[]>();
  /** Who lists what, for as long as the users are these. */
  #known: Known | undefined;
  /** The conversations that are there from the beginning have their messages all over the history. */
  #hasBegun = false;

  constructor(users: Users, history: History) {
    this.#users = users;
    this.#history = history;
  }

  /** The list of each user. */
  readonly sessions: Store = {
    entries: () => this.#all().sessions,
    below: (user) => this.#all().byUser.get(user.id) ?? [],
    find: (field, value) => this.sessions.entries().find(({ row }) => row[field] === value),
    list: (user) => listOf(user === undefined ? this.sessions.entries() : this.sessions.below(user)),
  };

  /** Each once, whoever lists the conversation. */
  readonly messages: Store = {
    entries: () => [...this.#all().byName.keys()].flatMap((name) => this.#messagesIn(name)),
    below: (session) => {
      const name = this.#all().nameOf.get(session.id);
      return name === undefined ? [] : this.#messagesIn(name);
    },
    find: (field, value) => this.messages.entries().find(({ row }) => row[field] === value),
    list: (session) => listOf(session === undefined ? this.messages.entries() : this.messages.below(session)),
  };

  /** A message now, in the first conversation. */
  add(at: number): void {
    const [first] = this.#all().byName.keys();
    if (first === undefined) return;
    const rows = this.#messagesOf(first);
    rows.push(makeMessage(first, rows.length, at));
  }

  copyTo(other: Conversations): void {
    for (const name of this.#all().byName.keys()) this.#messagesOf(name);
    for (const [name, rows] of this.#messages) other.#messages.set(name, structuredClone(rows));
    this.#hasBegun = true;
    other.#hasBegun = true;
  }

  #conversations(): readonly Conversation[] {
    const users = this.#users.accepted;
    const pairs = users.slice(1).map((user, index) => betweenTwo(users[index] ?? user, user));
    return [
      channelOf('everybody', users),
      channelOf(
        'some',
        users.filter((_, index) => index % 2 === 0),
      ),
      ...pairs,
      ...users.slice(0, 1).map(withSomebodyElse),
    ];
  }

  #all(): Known {
    const users = this.#users.accepted;
    if (this.#known?.users !== users) this.#known = know(users, this.#conversations());
    return this.#known;
  }

  #messagesIn(name: string): readonly Entry[] {
    const above = this.#all().byName.get(name) ?? [];
    return this.#messagesOf(name).map((row) => ({ id: String(row['id']), row, above }));
  }

  #messagesOf(name: string): Row[] {
    const known = this.#messages.get(name);
    if (known !== undefined) return known;
    const { now, days, rows: counts } = this.#history;
    const messagesOfEach = counts['chat_messages'] ?? usualMessages;
    const step = (days * dayMs) / messagesOfEach;
    const at = (index: number) => (this.#hasBegun ? Date.now() - 3_600_000 : now - dayMs / 2 - index * step);
    const rows = Array.from({ length: messagesOfEach }, (_, index) => makeMessage(name, index, at(index)));
    this.#messages.set(name, rows);
    return rows;
  }
}

function know(users: readonly Row[], conversations: readonly Conversation[]): Known {
  const sessions: Entry[] = [];
  const byUser = new Map<string, Entry[]>();
  const byName = new Map<string, Entry[]>();
  const nameOf = new Map<string, string>();
  for (const { name, listed } of conversations) {
    for (const [user, row] of listed) {
      const id = JSON.stringify([user['id'], name]);
      const userId = String(user['id']);
      const entry: Entry = { id, row, above: [{ id: userId, row: user, above: [] }] };
      sessions.push(entry);
      nameOf.set(id, name);
      for (const [map, key] of [[byUser, userId] as const, [byName, name] as const]) {
        const own = map.get(key) ?? [];
        map.set(key, own);
        own.push(entry);
      }
    }
  }
  return { users, sessions, byUser, byName, nameOf };
}

function listOf(entries: readonly Entry[]): Collection {
  return toCollection(entries.map(({ row }) => row));
}

function channelOf(name: string, users: readonly Row[]): Conversation {
  const row = { ...sessionRow('groupchat'), name, channel_id: hashOf(name).slice(0, 24) };
  return { name, listed: new Map(users.map((user) => [user, row])) };
}

/** Each side lists the other one. */
function betweenTwo(one: Row, other: Row): Conversation {
  const listed: readonly (readonly [Row, Row])[] = [
    [one, withPeer(other)],
    [other, withPeer(one)],
  ];
  return { name: JSON.stringify([one['id'], other['id']].sort()), listed: new Map(listed) };
}

/** Of people outside the account Zoom knows less. */
function withSomebodyElse(user: Row): Conversation {
  const { peer_contact_member_id: _, peer_contact_user_id: __, ...row } = sessionRow('1:1');
  return { name: 'somebody else', listed: new Map([[user, row]]) };
}

function withPeer({ id, email }: Row): Row {
  return {
    ...sessionRow('1:1'),
    name: email,
    peer_contact_email: email,
    peer_contact_user_id: id,
    peer_contact_member_id: hashOf(`member ${id}`),
  };
}

/** With the fields that its type has. */
function sessionRow(type: '1:1' | 'groupchat'): Row {
  const row: Row = { ...exampleRow('chat_user_sessions'), type };
  const isOther = (field: string) => (type === '1:1' ? field === 'channel_id' : field.startsWith('peer_'));
  return Object.fromEntries(Object.entries(row).filter(([field]) => !isOther(field)));
}

function makeMessage(conversation: string, index: number, at: number): Row {
  return {
    ...exampleRow('chat_messages', at),
    id: hashOf(`${conversation} ${index}`).toUpperCase(),
    message: `No. ${index}`,
    date_time: toInstant(at),
    timestamp: Math.floor(at),
    status: statuses[index % statuses.length],
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
