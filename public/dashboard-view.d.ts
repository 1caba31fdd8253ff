/** What somebody looks for in a pool. */
export interface View {
  /** part of an id or address, in small letters; empty: of any */
  readonly words: string;
  /** only what is otherwise than one would like it */
  readonly onlyTrouble: boolean;
  /** so many fit on the page */
  readonly limit: number;
}

/** Those that are looked for, all of them; where they are more than `limit`, those that need a look come first. */
export function inView<
  One extends {
    readonly id: string;
    readonly address: string;
    readonly health: string;
    readonly state: string;
    readonly warmth: number;
  },
>(all: readonly One[], view: View): readonly One[];
