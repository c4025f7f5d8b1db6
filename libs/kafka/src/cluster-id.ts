import { type Connection, connectAdmin } from './client/client.ts';
import { translateError } from './client/translate-error.ts';

/** The cluster's name for itself: given when it is first formatted, and kept for ever. @throws TransientFailure. */
export const clusterIdOf = async (connection: Connection): Promise<string> => {
  try {
    const admin = await connectAdmin({ ...connection, retries: 5 });
    try {
      return (await admin.describeCluster()).clusterId;
    } finally {
      await admin.disconnect();
    }
  } catch (error) {
    throw translateError(error);
  }
};
