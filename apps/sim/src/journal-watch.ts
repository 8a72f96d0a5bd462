/** Somebody who reads a journal as it becomes durable. */
export interface JournalWatch<Event> {
  /** One durable event, with the journal's time. */
  event(event: Event, atMicros: number): void;
  /** All events of a turn were taken in. */
  turnEnds(): void;
}
