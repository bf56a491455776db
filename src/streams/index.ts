import { accounts } from './accounts.ts';
import { chat } from './chat.ts';
import { chatConversations } from './chat-conversations.ts';
import { dashboards } from './dashboards.ts';
import type { Listing, StreamDeclaration } from './declaration.ts';
import { devices } from './devices.ts';
import { meetingListings, meetings } from './meetings.ts';
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
  chat: [...chat, ...chatConversations],
  rooms,
  devices,
  workspaces,
};

export const streams: readonly StreamDeclaration[] = Object.values(families).flat();

/** What is listed only to find the partitions of a stream. */
export const listings: readonly Listing[] = [...meetingListings, ...webinarListings];
