// Signs a player in with golang.org/x/oauth2. Prints the authorization URL, reads the code, and prints `auth/self`.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"golang.org/x/oauth2"
)

func main() {
	url := os.Getenv("ETERNALTWIN_URL")
	config := &oauth2.Config{
		ClientID:     os.Getenv("ETERNALTWIN_CLIENT_ID"),
		ClientSecret: os.Getenv("ETERNALTWIN_CLIENT_SECRET"),
		RedirectURL:  os.Getenv("ETERNALTWIN_REDIRECT_URI"),
		Scopes:       []string{"base"},
		Endpoint:     oauth2.Endpoint{AuthURL: url + "/oauth/authorize", TokenURL: url + "/oauth/token"},
	}
	fmt.Println(config.AuthCodeURL("a state of Go"))

	code, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	token, err := config.Exchange(ctx, strings.TrimSpace(code))
	if err != nil {
		log.Fatal(err)
	}
	response, err := config.Client(ctx, token).Get(url + "/api/v1/auth/self")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(body))
}
