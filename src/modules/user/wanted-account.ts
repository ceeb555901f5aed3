/** What a task asks of an account that is to be there. */
export interface WantedAccount {
  readonly name: string;
  readonly uid?: number;
  readonly group?: string;
  readonly groups?: readonly string[];
  readonly append: boolean;
  readonly home?: string;
  readonly create_home: boolean;
  readonly shell?: string;
  readonly comment?: string;
  readonly password_hash?: string;
  readonly system: boolean;
}
