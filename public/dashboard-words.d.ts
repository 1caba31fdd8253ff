/** A span in one or two steps: `3 s`, `2 min`, `4 h 10 min`, `6 d 2 h`. */
export function span(ms: number): string;
/** How long ago: `now`, `3 s ago`. */
export function ago(ms: number): string;
/** An answer time: `0.8 ms`, `12 ms`, `1.4 s`. */
export function milliseconds(ms: number): string;
/** An age that one watches: `0.9 s`, `12 s`, `2 min`. */
export function seconds(ms: number): string;
/** Why a secondary gets no new visitors, and whose wish that is. */
export function whyNot(passedOver: {
  readonly why: string;
  readonly words: string;
  readonly detail?: string;
}): string;
/** That a load cannot be read, and why: `not read since (refused: …)`, after what was read last; else empty. */
export function notRead(row: { readonly load?: unknown; readonly loadFailure?: string }): string;
/** A share from 0 to 1: `33 %`, `0.4 %`. */
export function percent(share: number): string;
/** A rate: `0`, `0.4`, `12`, `12,300`. */
export function rate(perSecond: number): string;
/** A number with its thousands apart. */
export function count(number: number): string;
/** Who is still there of one that drains: `about 12 left, the last for 40 min at most`. */
export function stillThere(lease: {
  readonly visitors: number;
  /** until the last cookie that names it ends; absent: there is none */
  readonly restMs: number | undefined;
  /** there may be others, whom nobody counted */
  readonly hasUncounted?: boolean;
}): string;
/** What visitors' browsers told: `nearness known of 12 networks · 1,204 receipts, 3 refused`. */
export function receiptWords(receipts: {
  readonly networks: number;
  readonly taken: number;
  readonly refused: number;
}): string;
/** Whether a secondary is otherwise than one would like it: that one is looked for. */
export function needsLook(row: {
  readonly health: string;
  readonly state: string;
  readonly warmth: number;
}): boolean;
