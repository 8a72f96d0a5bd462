import { clearing } from '@clearway/contracts';
import { EXIT } from '../exit-status';
import type { Command } from '../line/command';
import { KEY_OPTION, requestKeyOf } from '../line/request-key';
import { answer, sections } from '../output/answer';
import type { Colours } from '../output/colours';
import { enumName } from '../output/enum-name';
import { reasonsText } from '../output/reason-text';
import { painted, renderPairs } from '../output/table';
import { wireJson } from '../output/wire-json';
import { repeatableWith } from '../stack/call-failed';

const PAINT = { COMPLETED: 'green', REFUSED: 'red', PENDING: 'yellow' } as const;

/** A deposit or a withdrawal. */
export interface FundsMovement {
  readonly method: 'deposit' | 'withdraw';
  readonly summary: string;
}

/** Builds the command that moves funds into an account or out of it, and shows what became of it. */
export function fundsCommand({ method, summary }: FundsMovement): Command {
  return {
    path: [method],
    summary,
    positionals: [{ name: 'ACCOUNT', suggests: 'account' }, { name: 'AMOUNT' }, { name: 'ASSET' }],
    options: {
      id: KEY_OPTION,
      'bank-reference': { value: 'TEXT', summary: 'reference at the bank; masked in the audit log' },
    },
    details: `For example: clearway ${method} alice.main 1000.00 USD`,
    async run(call) {
      const requestId = requestKeyOf(call);
      const request = {
        account: call.word('ACCOUNT'),
        requestId,
        asset: call.word('ASSET'),
        amount: call.word('AMOUNT'),
        bankReference: call.text('bank-reference'),
      };
      const moved = await repeatableWith(`--id ${requestId}`, () =>
        call.stack.clearing.call(method, request),
      );
      const { transfer, duplicate } = moved;
      const isRefused = transfer?.status === clearing.TransferStatus.TRANSFER_STATUS_REFUSED;
      return answer(
        () => wireJson(clearing.ClearingServiceService[method], moved),
        (colours) =>
          sections(
            duplicate ? 'This key was used before: the transfer as it stands now.' : '',
            transfer ? transferCard(transfer, colours) : '',
            reasonsText(transfer?.reasons ?? [], colours),
            transfer?.status === clearing.TransferStatus.TRANSFER_STATUS_PENDING
              ? `It is still under way: the same command with --id ${requestId} shows what became of it.`
              : '',
          ),
        isRefused ? EXIT.REFUSED : EXIT.OK,
      );
    },
  };
}

function transferCard(transfer: clearing.Transfer, colours: Colours): string {
  const status = enumName(clearing.TransferStatus, transfer.status, 'TRANSFER_STATUS_');
  return renderPairs(
    [
      ['transfer', painted(transfer.transferId, 'bold')],
      ['request id', transfer.requestId],
      ['account', transfer.account],
      [transfer.deposit ? 'deposit' : 'withdrawal', `${transfer.amount} ${transfer.asset}`],
      ['status', painted(status, PAINT[status as keyof typeof PAINT])],
    ],
    colours,
  );
}
