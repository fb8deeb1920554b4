export interface SkeletonProps {
  /** Width in px or a share: "60%". */
  width?: number | string;
  /** Height in px: that of what will stand here. */
  height?: number;
  className?: string;
}

/** A warp-lined block in the place of what will come. It says nothing: the words stand in `LoadingState`. */
export function Skeleton({ width = "100%", height = 12, className = "" }: SkeletonProps) {
  return <div aria-hidden="true" className={`skeleton ${className}`} style={{ width, height }} />;
}
