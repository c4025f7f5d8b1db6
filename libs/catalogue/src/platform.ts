/** What belongs to no domain: how read models follow the log. */
export const platformPermissions = {
  'read:projection': 'How read models follow the log: how far they are behind, and what became of every record.',
} as const;
