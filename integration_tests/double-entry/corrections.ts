/**
 * Where a declaration differs from what was decided for its stream, and why: stream -> word of the declaration -> what proves
 * the decision wrong.
 */
export const corrections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  chat_channel_activities: {
    record_hash: 'whole objects hold display names, which change; ids inside them do not',
    window: 'Zoom names no time zone and answers three days at most: one day, asked with one on both sides',
  },
  meeting_transcript: { only: "webinars have transcripts, too: Zoom's path takes a webinar's UUID" },
  pac_accounts: { 'answer 2024': 'what one user lacks and another may have is a licence' },
  tsp_user_accounts: { 'answer 2024': 'its words blame the account, which no user can help' },
  phone_fax_charges: {
    lookback: 'a charge is pending until the end of the billing month, and only then has its amount',
  },
  nm_sip_groups: { key: 'one group may be listed under both products (`source_system: COMMON`)' },
  nm_sip_trunks: {
    key: 'one trunk may be listed under both products (`source_system: COMMON`)',
    'page size': 'its largest page is documented: 100',
  },
};
