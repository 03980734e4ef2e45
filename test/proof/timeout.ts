// Thousands of lives of hosts: what hangs is ended, what is only slow is not.
jest.setTimeout(3_600_000);
