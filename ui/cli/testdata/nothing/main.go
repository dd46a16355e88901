// Nothing is a program that does nothing: benchmarks compare starts with it.
package main

func main() {}
