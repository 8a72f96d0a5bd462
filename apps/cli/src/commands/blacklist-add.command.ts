import { blacklistCommand } from './change-blacklist';

/** `clearway blacklist add PARTICIPANT` */
export const blacklistAddCommand = blacklistCommand('add', 'Refuse every new order of a participant');
