import { fundsCommand } from './move-funds';

/** `clearway deposit ACCOUNT AMOUNT ASSET` */
export const depositCommand = fundsCommand({
  method: 'deposit',
  summary: 'Credit an account with what arrived at the bank or depository',
});
