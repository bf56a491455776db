import type { StreamDeclaration } from './declaration.ts';

const memberScopes = {
  granular: ['team_chat:read:list_members:admin', 'team_chat:read:list_members'],
  classic: ['chat_channel:read:admin', 'chat_channel:read'],
};

export const chatChannels: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    // Public ones only; chat_user_channels has the private ones.
    name: 'chat_channels',
    path: '/chat/channels',
    records: 'channels',
    rateLimit: 'medium',
    scopes: { granular: ['team_chat:read:list_channels:admin'], classic: ['chat_channel:read:admin'] },
    needs: ['Role with View or Edit permission for Chat Channels'],
    pageSize: 20,
    // No such channel, as the paths below one channel say it.
    gone: [4130, 5306],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'chat_channel_members',
    path: '/chat/channels/{channel_id}/members',
    records: 'members',
    rateLimit: 'medium',
    scopes: memberScopes,
    pageSize: 100,
    parent: { name: 'chat_channels', parameters: { channel_id: 'id' }, adds: { channel_id: 'id' } },
    // `id` is empty for people of other accounts.
    primaryKey: ['channel_id', 'member_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'chat_user_channel_members',
    path: '/chat/users/{user_id}/channels/{channel_id}/members',
    records: 'members',
    rateLimit: 'medium',
    scopes: memberScopes,
    pageSize: 100,
    parent: {
      name: 'chat_user_channels',
      parameters: { user_id: 'user_id', channel_id: 'id' },
      // All members of a channel list it, and each is told the same members.
      partition: [['id']],
      adds: { channel_id: 'id' },
    },
    needs: ['Role with View or Edit permission for Chat Channels'],
    // `id` is empty for people of other accounts.
    primaryKey: ['channel_id', 'member_id'],
    tombstones: true,
  },
  {
    kind: 'windowed',
    name: 'chat_channel_activities',
    path: '/chat/activities/channels',
    records: 'channel_activity_logs',
    rateLimit: 'light',
    scopes: {
      granular: ['team_chat:read:list_channel_activity_logs:admin'],
      classic: ['chat_channel:read:admin'],
    },
    needs: ['Role with View or Edit permission for Chat Channels'],
    pageSize: 15,
    // Zoom answers three days at most, in a time zone that it does not name: the day, and the ones before and after it.
    window: {
      maxDays: 1,
      marginDays: 1,
      tight: true,
      format: 'date',
      parameters: ['start_date', 'end_date'],
    },
    primaryKey: ['channel_id', 'record_hash'],
    // Without the names of people, which change.
    recordHash: [
      [
        'activity_type',
        'activity_timestamp',
        'operator.member_id',
        'members.member_status',
        'members.member_list[].member_id',
      ],
    ],
    cursor: 'activity_timestamp',
    lookbackDays: 1,
  },
  {
    kind: 'snapshot',
    name: 'chat_spaces',
    // Without `user_id`: an app of the account then sees all spaces.
    path: '/chat/spaces',
    records: 'shared_spaces',
    rateLimit: 'medium',
    scopes: {
      granular: ['team_chat:read:list_shared_spaces:admin', 'team_chat:read:list_shared_spaces'],
      classic: ['chat:read:admin', 'chat:read'],
    },
    // Zoom documents no maximum.
    pageSize: 50,
    primaryKey: ['space_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'im_groups',
    path: '/im/groups',
    records: 'groups',
    rateLimit: 'medium',
    scopes: { granular: ['contact_group:read:list_groups:admin'], classic: ['imgroup:read:admin'] },
    pageSize: 0,
    gone: [4130],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'im_group_members',
    path: '/im/groups/{group_id}/members',
    records: 'members',
    rateLimit: 'medium',
    scopes: { granular: ['contact_group:read:list_members:admin'], classic: ['imgroup:read:admin'] },
    parent: { name: 'im_groups', parameters: { group_id: 'id' }, adds: { group_id: 'id' } },
    primaryKey: ['group_id', 'record_hash'],
    // Who was invited and has not come yet has no id.
    recordHash: [['id'], ['email']],
    tombstones: true,
  },
];
