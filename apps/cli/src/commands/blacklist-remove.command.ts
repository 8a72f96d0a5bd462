import { blacklistCommand } from './change-blacklist';

/** `clearway blacklist remove PARTICIPANT` */
export const blacklistRemoveCommand = blacklistCommand('remove', 'Take a participant off the blacklist');
