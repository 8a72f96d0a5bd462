import { risk, saga } from '@clearway/contracts';
import { createRpcServer, RpcError, type RpcServer, rpcService, type TlsFiles } from '@clearway/platform-rpc';

const { STEP_STATUS_SUCCEEDED, STEP_STATUS_REFUSED } = saga.StepStatus;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A risk service of a few lines: it keeps available funds, answers a repeated step as it did first, and can be away. */
export class FakeRisk {
  away = false;
  readonly frozen = new Map<string, boolean>();
  private readonly availableMinor = new Map<string, bigint>();
  private readonly answers = new Map<string, saga.StepResult>();
  private readonly server: RpcServer;

  constructor(tls: TlsFiles) {
    const executeSteps = async (request: risk.ExecuteStepsRequest) => {
      if (this.away) throw new RpcError('NOT_READY');
      return { results: request.steps.map((step) => this.executeOnce(step)) };
    };
    const service = rpcService({
      definition: risk.RiskStepServiceService,
      allow: { ExecuteSteps: ['svc/clearing'] },
      handlers: { executeSteps },
    });
    const access = { sessionOpened: () => undefined, refused: () => undefined };
    this.server = createRpcServer({ address: '127.0.0.1:0', tls, services: [service], log: SILENT, access });
  }

  start(): Promise<number> {
    return this.server.start();
  }

  stop(): void {
    this.server.close();
  }

  available(account: string, asset: string): bigint {
    return this.availableMinor.get(`${account} ${asset}`) ?? 0n;
  }

  private executeOnce(step: risk.RiskStep): saga.StepResult {
    const key = `${step.sagaNumber}/${step.step}/${step.phase}`;
    const known = this.answers.get(key);
    if (known) return known;
    const done = this.execute(step.action);
    const result: saga.StepResult = {
      sagaNumber: step.sagaNumber,
      step: step.step,
      phase: step.phase,
      status: done ? STEP_STATUS_SUCCEEDED : STEP_STATUS_REFUSED,
      reasons: done ? [] : [{ code: 'INSUFFICIENT_FUNDS', message: 'short', metadata: {} }],
      result: Buffer.alloc(0),
    };
    this.answers.set(key, result);
    return result;
  }

  private execute(action: risk.RiskStep['action']): boolean {
    switch (action?.$case) {
      case 'creditFunds':
      case 'releaseFunds':
        return this.move(action.value, action.value.amountMinor);
      case 'holdFunds':
        return this.move(action.value, -action.value.amountMinor);
      case 'setAccountFrozen':
        this.frozen.set(action.value.account, action.value.frozen);
        return true;
      default:
        return true;
    }
  }

  private move({ account, asset }: { account: string; asset: string }, changeMinor: bigint): boolean {
    const nextMinor = this.available(account, asset) + changeMinor;
    if (nextMinor < 0n) return false;
    this.availableMinor.set(`${account} ${asset}`, nextMinor);
    return true;
  }
}
