import { accounts } from './accounts.ts';
import { chat } from './chat.ts';
import { chatChannels } from './chat-channels.ts';
import { chatConversations } from './chat-conversations.ts';
import { dashboards } from './dashboards.ts';
import type { Endpoint, Listing, StreamDeclaration } from './declaration.ts';
import { devices } from './devices.ts';
import { meetingListings, meetings } from './meetings/index.ts';
import { numbers } from './numbers.ts';
import { phone } from './phone/index.ts';
import { recordings } from './recordings.ts';
import { reports } from './reports/index.ts';
import { rooms } from './rooms.ts';
import { users } from './users.ts';
import { webinarListings, webinars } from './webinars.ts';
import { workspaces } from './workspaces.ts';

/** Everything that can be read, by Zoom's products. */
export const families: Readonly<Record<string, readonly StreamDeclaration[]>> = {
  accounts,
  users,
  meetings,
  webinars,
  recordings,
  reports,
  dashboards,
  phone,
  numbers,
  chat: [...chat, ...chatChannels, ...chatConversations],
  rooms,
  devices,
  workspaces,
};

export const streams: readonly StreamDeclaration[] = Object.values(families).flat();

/** What is listed only to find the partitions of a stream. */
export const listings: readonly Listing[] = [...meetingListings, ...webinarListings];

/** The endpoint that a stream's records come from: an embedded one's is its parent's. */
export function endpointOf(declaration: StreamDeclaration): Endpoint {
  if (declaration.kind !== 'embedded') return declaration;
  const parent = streams.find(({ name }) => name === declaration.parent.name);
  if (parent === undefined || parent.kind === 'embedded')
    throw new Error(`${declaration.name} is embedded in ${declaration.parent.name}, which has no endpoint`);
  return parent;
}

const familyNames = new Map(
  Object.entries(families).flatMap(([family, members]) => members.map(({ name }) => [name, family] as const)),
);

/** The name under which a stream is in `families`; undefined for what is no stream. */
export function familyOf(stream: string): string | undefined {
  return familyNames.get(stream);
}
