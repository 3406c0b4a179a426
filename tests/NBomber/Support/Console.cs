// Reports of loads belong to their tests' results, and not between the lines of ./test.
[assembly: CaptureConsole]
