import { restrictionCommand } from './restrict-account';

/** `clearway unfreeze ACCOUNT` */
export const unfreezeCommand = restrictionCommand({
  name: 'unfreeze',
  summary: "Lift an account's freeze",
  method: 'unfreezeAccount',
});
