/** The door a read model's reads go through: SQL and its parameters in, rows out. Never a driver's own types. */
export type Sql = <R>(text: string, parameters?: readonly unknown[]) => Promise<readonly R[]>;
