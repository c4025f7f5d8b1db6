/** Where a server is, and what requests to it have to show. */
export type Started = { readonly url: string; readonly headers: Readonly<Record<string, string>> };
