import { fundsCommand } from './move-funds';

/** `clearway withdraw ACCOUNT AMOUNT ASSET` */
export const withdrawCommand = fundsCommand({
  method: 'withdraw',
  summary: 'Pay out of an account what is not held for orders',
});
