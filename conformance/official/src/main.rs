fn main() {
    eternaltwin_cli::main()
}
