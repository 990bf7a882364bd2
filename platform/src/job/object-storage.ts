/** A place in object storage that speaks S3: plain data, which travels with the plan to whoever reads or writes there. */
export interface ObjectStorageLocation {
  readonly bucket: string;
  /** Of every name there: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Where the store is, `http(s)://HOST:PORT`. Absent: as the surroundings of each process say (`AWS_ENDPOINT_URL`), or AWS. */
  readonly endpoint?: string;
}
