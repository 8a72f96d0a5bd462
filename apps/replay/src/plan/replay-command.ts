import type { Side } from '@clearway/platform-feeds';

/**
 * Why an order is placed. `add`: the data adds it. `seed`: it rested before the first row. `adopt`: it came into the visible
 * window, or was named by a row, without the data having shown its entry. `take`: the aggressor of visible executions.
 */
export type PlacePurpose = 'add' | 'seed' | 'adopt' | 'take';

/**
 * Why an order is canceled. `delete` and `reduce`: the data says so. `forget`: the book rows show that the order went away
 * while its price was outside the visible window.
 */
export type CancelPurpose = 'delete' | 'reduce' | 'forget';

/** What a planned aggressor should trade with if every queue is as the data implies. */
export interface PlannedFill {
  /** Index of the maker's place command. */
  readonly maker: number;
  readonly lots: number;
}

/** Places an order: resting ones are LIMIT GTC, takers LIMIT IOC. Its index in the plan names the order. */
export interface PlaceCommand {
  readonly kind: 'place';
  readonly purpose: PlacePurpose;
  /** Row of the data it comes from. */
  readonly row: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly lots: number;
  /** Number of the participant, from 0. */
  readonly participant: number;
  /** Of takers: what the data says was filled, in the order of the rows. */
  readonly fills: readonly PlannedFill[];
}

/** Cancels the order that the place command `order` entered. */
export interface CancelCommand {
  readonly kind: 'cancel';
  readonly purpose: CancelPurpose;
  readonly row: number;
  readonly order: number;
}

/** Halts or resumes the instrument. */
export interface StatusCommand {
  readonly kind: 'status';
  readonly row: number;
  readonly halted: boolean;
}

/** One command of a replay, in the order of the data. */
export type ReplayCommand = PlaceCommand | CancelCommand | StatusCommand;

/** What the planner counted on its way; every row of the sample is in exactly one of the `rows…` figures. */
export interface PlanFigures {
  rowsSeed: number;
  rowsAdded: number;
  rowsReduced: number;
  rowsDeleted: number;
  rowsExecuted: number;
  rowsHiddenSkipped: number;
  rowsCrossSkipped: number;
  rowsStatus: number;
  /** Deletes and reductions that name an order which the plan does not know; the book row after them sets it right. */
  rowsUnknownSkipped: number;
  ordersSeeded: number;
  ordersAdopted: number;
  ordersForgotten: number;
  /** Orders that an execution of a later one showed to be further back than the plan had them. */
  ordersMovedBack: number;
  takers: number;
  /** Rows after which the planned book is not the visible book of the data, at any level. */
  bookRowsDiffering: number;
  bookRowsCompared: number;
}

/** The commands of a replay and how they came about. */
export interface ReplayPlan {
  readonly commands: readonly ReplayCommand[];
  readonly figures: PlanFigures;
  readonly participantCount: number;
}
