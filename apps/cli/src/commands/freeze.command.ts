import { restrictionCommand } from './restrict-account';

/** `clearway freeze ACCOUNT` */
export const freezeCommand = restrictionCommand({
  name: 'freeze',
  summary: 'Stop an account: new orders, settlement and withdrawals are refused; cancels pass',
  method: 'freezeAccount',
});
